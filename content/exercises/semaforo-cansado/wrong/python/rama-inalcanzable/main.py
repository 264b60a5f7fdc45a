def color(segundo):
    momento = segundo % 70
    if momento >= 40:
        return "amarillo"
    elif momento >= 45:
        return "rojo"
    else:
        return "verde"
