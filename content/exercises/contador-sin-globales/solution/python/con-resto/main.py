def siguiente(turno):
    return turno % 99 + 1


def despues_de(turno, personas):
    if personas == 0:
        return turno
    return (turno + personas - 1) % 99 + 1
