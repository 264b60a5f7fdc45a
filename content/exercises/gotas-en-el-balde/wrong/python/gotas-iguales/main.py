def gotas(capacidad, primera):
    lleno = 0
    cuenta = 0
    while lleno < capacidad:
        lleno = lleno + primera
        cuenta = cuenta + 1
    return cuenta
