def bandera(viento, ola):
    color = "verde"
    if viento > 40 or ola > 2:
        color = "roja"
    if viento > 20 or ola > 1:
        color = "amarilla"
    return color
