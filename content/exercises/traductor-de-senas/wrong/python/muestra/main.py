def traducir(frase, glosario):
    palabras = []
    desconocidas = 0
    for gesto in frase.split():
        clave = gesto.lower()
        if clave not in glosario:
            palabras.append("[" + gesto + "]")
            desconocidas += 1
        elif glosario[clave] != "":
            palabras.append(glosario[clave])
    print(" ".join(palabras), desconocidas)
