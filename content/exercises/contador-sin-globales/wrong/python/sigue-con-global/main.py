ultimo = 0


def siguiente(turno):
    global ultimo
    ultimo = ultimo + 1
    if ultimo > 99:
        ultimo = 1
    return ultimo


def despues_de(turno, personas):
    for persona in range(personas):
        siguiente(turno)
    return ultimo
