def saludos(vecinos):
    pares = []
    for i in range(len(vecinos)):
        for j in range(i + 1, len(vecinos)):
            pares.append(vecinos[i] + " y " + vecinos[j])
    return pares
