def siguiente(turno):
    turno = turno + 1
    if turno > 99:
        return 1


def despues_de(turno, personas):
    for persona in range(personas):
        turno = siguiente(turno)
    return turno
