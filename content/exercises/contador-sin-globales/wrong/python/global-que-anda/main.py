ultimo = 0


def siguiente(turno):
    global ultimo
    ultimo = turno % 99 + 1
    return ultimo


def despues_de(turno, personas):
    for persona in range(personas):
        turno = siguiente(turno)
    return turno
