def traducir(frase, glosario):
    palabras = []
    desconocidas = 0
    for gesto in frase.split():
        gesto.lower()
        if gesto not in glosario:
            palabras.append("[" + gesto + "]")
            desconocidas += 1
        elif glosario[gesto] != "":
            palabras.append(glosario[gesto])
    return " ".join(palabras), desconocidas
