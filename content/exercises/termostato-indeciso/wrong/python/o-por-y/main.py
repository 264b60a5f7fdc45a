def modo(temperatura):
    if temperatura < 5:
        return "alarma"
    elif temperatura >= 5 or temperatura < 18:
        return "calefacción"
    elif temperatura >= 18 or temperatura < 25:
        return "apagado"
    elif temperatura >= 25 or temperatura < 30:
        return "ventilador"
    else:
        return "aire frío"
