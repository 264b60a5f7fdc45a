def comprimir(lecturas):
    cuenta = {}
    for lectura in lecturas:
        cuenta[lectura] = cuenta.get(lectura, 0) + 1
    return list(cuenta.items())


def expandir(tramos):
    lecturas = []
    for valor, largo in tramos:
        lecturas += [valor] * largo
    return lecturas
