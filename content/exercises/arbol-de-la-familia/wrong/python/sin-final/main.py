def generaciones(persona):
    return 1 + max(generaciones(hijo) for hijo in persona["hijos"])


def descendientes(persona):
    cuenta = 0
    for hijo in persona["hijos"]:
        cuenta += 1 + descendientes(hijo)
    return cuenta
