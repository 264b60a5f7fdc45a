def traducir(frase, glosario):
    palabras = []
    desconocidas = 0
    for gesto in frase.split():
        desconocidas = 0
        if gesto.lower() not in glosario:
            desconocidas += 1
            palabras.append("[" + gesto + "]")
        elif glosario[gesto.lower()] != "":
            palabras.append(glosario[gesto.lower()])
    return " ".join(palabras), desconocidas
