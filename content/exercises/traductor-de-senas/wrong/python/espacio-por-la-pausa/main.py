def traducir(frase, glosario):
    palabras = []
    desconocidas = 0
    for gesto in frase.split():
        clave = gesto.lower()
        if clave not in glosario:
            palabras.append("[" + gesto + "]")
            desconocidas += 1
        else:
            palabras.append(glosario[clave])
    return " ".join(palabras), desconocidas
