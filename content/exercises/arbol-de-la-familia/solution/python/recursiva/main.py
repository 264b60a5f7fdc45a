def generaciones(persona):
    de_los_hijos = [generaciones(hijo) for hijo in persona["hijos"]]
    return 1 + max(de_los_hijos, default=0)


def descendientes(persona):
    cuenta = 0
    for hijo in persona["hijos"]:
        cuenta += 1 + descendientes(hijo)
    return cuenta
