def generaciones(persona):
    mayor = 0
    for hijo in persona["hijos"]:
        mayor = generaciones(hijo)
    return mayor + 1


def descendientes(persona):
    cuenta = 0
    for hijo in persona["hijos"]:
        cuenta = 1 + descendientes(hijo)
    return cuenta
