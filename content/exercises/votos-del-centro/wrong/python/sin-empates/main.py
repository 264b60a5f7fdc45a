def escrutinio(votos):
    cuenta = {}
    blancos = 0
    for voto in votos:
        if voto == "":
            blancos += 1
        else:
            cuenta[voto] = cuenta.get(voto, 0) + 1
    maximo = 0
    ganadoras = []
    for lista in cuenta:
        if cuenta[lista] > maximo:
            maximo = cuenta[lista]
            ganadoras = [lista]
    return ganadoras, maximo, blancos
