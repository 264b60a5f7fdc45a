def comprimir(lecturas):
    tramos = []
    for lectura in lecturas:
        if tramos and tramos[-1][0] == lectura:
            tramos[-1][1] += 1
        else:
            tramos.append([lectura, 1])
    return tramos


def expandir(tramos):
    lecturas = []
    for valor, largo in tramos:
        lecturas += [valor] * largo
    return lecturas
