def saludos(vecinos):
    pares = []
    for i in range(len(vecinos) - 1):
        pares.append(vecinos[i] + " y " + vecinos[i + 1])
    return pares
