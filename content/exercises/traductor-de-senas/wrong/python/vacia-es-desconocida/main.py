def traducir(frase, glosario):
    palabras = []
    desconocidas = 0
    for gesto in frase.split():
        palabra = glosario.get(gesto.lower())
        if palabra:
            palabras.append(palabra)
        else:
            palabras.append("[" + gesto + "]")
            desconocidas += 1
    return " ".join(palabras), desconocidas
