def color(segundo):
    if segundo < 40:
        return "verde"
    elif segundo < 45:
        return "amarillo"
    else:
        return "rojo"
