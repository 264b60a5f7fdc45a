def modo(temperatura):
    resultado = "aire frío"
    if temperatura < 5:
        resultado = "alarma"
    if temperatura < 18:
        resultado = "calefacción"
    if temperatura < 25:
        resultado = "apagado"
    if temperatura < 30:
        resultado = "ventilador"
    return resultado
