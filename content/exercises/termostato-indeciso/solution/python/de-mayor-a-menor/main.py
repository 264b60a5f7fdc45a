def modo(temperatura):
    if temperatura >= 30:
        return "aire frío"
    elif temperatura >= 25:
        return "ventilador"
    elif temperatura >= 18:
        return "apagado"
    elif temperatura >= 5:
        return "calefacción"
    return "alarma"
