def bandera(viento, ola):
    if viento > 20 or ola > 1:
        return "amarilla"
    elif viento > 40 or ola > 2:
        return "roja"
    else:
        return "verde"
