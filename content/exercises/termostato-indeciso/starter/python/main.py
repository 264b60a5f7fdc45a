def modo(temperatura):
    if temperatura < 25:
        return "apagado"
    elif temperatura <= 18:
        return "calefacción"
    elif temperatura < 5:
        return "alarma"
    elif temperatura > 25:
        return "ventilador"
    elif temperatura >= 30:
        return "aire frío"
