def modo(temperatura):
    if temperatura <= 4:
        return "alarma"
    elif temperatura <= 17:
        return "calefacción"
    elif temperatura <= 24:
        return "apagado"
    elif temperatura <= 29:
        return "ventilador"
    else:
        return "aire frío"
