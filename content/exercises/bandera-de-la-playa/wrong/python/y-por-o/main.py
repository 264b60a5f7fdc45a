def bandera(viento, ola):
    if viento > 40 and ola > 2:
        return "roja"
    elif viento <= 20 and ola <= 1:
        return "verde"
    else:
        return "amarilla"
