def generaciones(persona):
    suma = 1
    for hijo in persona["hijos"]:
        suma += generaciones(hijo)
    return suma


def descendientes(persona):
    cuenta = 0
    for hijo in persona["hijos"]:
        cuenta += 1 + descendientes(hijo)
    return cuenta
