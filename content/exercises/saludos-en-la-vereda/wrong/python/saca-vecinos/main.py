def saludos(vecinos):
    pares = []
    for uno in vecinos:
        vecinos.remove(uno)
        for otro in vecinos:
            pares.append(uno + " y " + otro)
    return pares
