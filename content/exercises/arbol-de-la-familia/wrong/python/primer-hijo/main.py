def generaciones(persona):
    for hijo in persona["hijos"]:
        return 1 + generaciones(hijo)
    return 1


def descendientes(persona):
    for hijo in persona["hijos"]:
        return 1 + descendientes(hijo)
    return 0
