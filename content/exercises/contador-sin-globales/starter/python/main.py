turno = 0


def siguiente():
    global turno
    turno = turno + 1
    if turno > 99:
        turno = 1
    return turno


def despues_de(personas):
    for persona in range(personas):
        siguiente()
    return turno
