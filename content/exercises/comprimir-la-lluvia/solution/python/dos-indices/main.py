def comprimir(lecturas):
    tramos = []
    desde = 0
    while desde < len(lecturas):
        hasta = desde
        while hasta < len(lecturas) and lecturas[hasta] == lecturas[desde]:
            hasta += 1
        tramos.append((lecturas[desde], hasta - desde))
        desde = hasta
    return tramos


def expandir(tramos):
    lecturas = []
    for valor, largo in tramos:
        lecturas += [valor] * largo
    return lecturas
