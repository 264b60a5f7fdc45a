def gotas(capacidad, primera):
    falta = capacidad
    cuenta = 0
    while falta > 0:
        falta -= primera * 1.03 ** cuenta
        cuenta += 1
    return cuenta
