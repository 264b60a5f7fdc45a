def gotas(capacidad, primera):
    lleno = 0
    gota = primera
    cuenta = 0
    while lleno < capacidad:
        lleno = lleno + gota
        gota = gota * 1.03
        cuenta = cuenta + 1
    return cuenta
