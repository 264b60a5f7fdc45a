def generaciones(persona):
    mayor = 0
    for hijo in persona["hijos"]:
        mayor = max(mayor, generaciones(hijo))
    return mayor + 1


def descendientes(persona):
    cuenta = len(persona["hijos"])
    for hijo in persona["hijos"]:
        cuenta += len(hijo["hijos"])
    return cuenta
