def generaciones(persona):
    mayor = 0
    for hijo in persona["hijos"]:
        mayor = max(mayor, generaciones(hijo))
    return mayor + 1


def descendientes(persona):
    if persona["hijos"] == []:
        return 0
    return len(persona["hijos"]) + descendientes(persona)
