def escrutinio(votos):
    cuenta = {}
    blancos = 0
    for voto in votos:
        if voto == "":
            blancos += 1
        else:
            cuenta[voto] += 1
    maximo = 0
    for lista in cuenta:
        if cuenta[lista] > maximo:
            maximo = cuenta[lista]
    ganadoras = []
    for lista in cuenta:
        if cuenta[lista] == maximo:
            ganadoras.append(lista)
    ganadoras.sort()
    return ganadoras, maximo, blancos
