def modo(temperatura):
    resultado = "apagado"
    if temperatura < 5:
        resultado = "alarma"
    if 5 <= temperatura < 18:
        resultado = "calefacción"
    if 25 <= temperatura < 30:
        resultado = "ventilador"
    if temperatura >= 30:
        resultado = "aire frío"
    return resultado
