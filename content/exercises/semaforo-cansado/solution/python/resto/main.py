def color(segundo):
    momento = segundo % 70
    if momento < 40:
        return "verde"
    elif momento < 45:
        return "amarillo"
    else:
        return "rojo"
