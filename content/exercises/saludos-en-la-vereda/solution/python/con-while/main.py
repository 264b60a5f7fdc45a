def saludos(vecinos):
    pares = []
    primero = 0
    while primero < len(vecinos):
        segundo = primero + 1
        while segundo < len(vecinos):
            pares.append(vecinos[primero] + " y " + vecinos[segundo])
            segundo = segundo + 1
        primero = primero + 1
    return pares
