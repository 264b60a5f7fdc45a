def generaciones(persona):
    mayor = 0
    for hijo in persona["hijos"]:
        mayor = max(mayor, generaciones(hijo))
    return mayor + 1


cuenta = 0


def descendientes(persona):
    global cuenta
    for hijo in persona["hijos"]:
        cuenta += 1
        descendientes(hijo)
    return cuenta
