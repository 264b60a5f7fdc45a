def color(segundo):
    momento = segundo % 70
    if momento < 40:
        resultado = "verde"
    if momento < 45:
        resultado = "amarillo"
    else:
        resultado = "rojo"
    return resultado
