def modo(temperatura):
    if temperatura < 5:
        return "alarma"
    elif temperatura > 5 and temperatura < 18:
        return "calefacción"
    elif temperatura > 18 and temperatura < 25:
        return "apagado"
    elif temperatura > 25 and temperatura < 30:
        return "ventilador"
    elif temperatura > 30:
        return "aire frío"
