def traducir(frase, glosario):
    palabras = []
    desconocidas = 0
    for gesto in frase.split():
        palabra = glosario[gesto.lower()]
        if palabra is None:
            palabra = "[" + gesto + "]"
            desconocidas += 1
        if palabra != "":
            palabras.append(palabra)
    return " ".join(palabras), desconocidas
