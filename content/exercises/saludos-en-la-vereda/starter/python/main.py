def saludos(vecinos):
    pares = []
    return pares
