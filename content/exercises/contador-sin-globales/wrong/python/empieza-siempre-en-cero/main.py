def siguiente(turno):
    turno = turno + 1
    if turno > 99:
        turno = 1
    return turno


def despues_de(turno, personas):
    turno = 0
    for persona in range(personas):
        turno = siguiente(turno)
    return turno
