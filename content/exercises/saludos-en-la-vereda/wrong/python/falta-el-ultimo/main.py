def saludos(vecinos):
    pares = []
    for i in range(len(vecinos) - 1):
        for j in range(i + 1, len(vecinos) - 1):
            pares.append(vecinos[i] + " y " + vecinos[j])
    return pares
