def saludos(vecinos):
    pares = []
    for uno in vecinos:
        for otro in vecinos:
            pares.append(uno + " y " + otro)
    return pares
