def siguiente(turno, memoria=[]):
    memoria.append(turno)
    numero = turno + len(memoria)
    if numero > 99:
        numero = 1
    return numero


def despues_de(turno, personas):
    ultimo = turno
    for persona in range(personas):
        ultimo = siguiente(turno)
    return ultimo
