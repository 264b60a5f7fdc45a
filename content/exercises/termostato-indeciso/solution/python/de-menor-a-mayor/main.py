def modo(temperatura):
    if temperatura < 5:
        return "alarma"
    elif temperatura < 18:
        return "calefacción"
    elif temperatura < 25:
        return "apagado"
    elif temperatura < 30:
        return "ventilador"
    else:
        return "aire frío"
