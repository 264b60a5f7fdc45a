def totales(cosecha):
    if not cosecha:
        return [], []
    dias = len(cosecha[0])
    por_surco = []
    columnas = [[]] * dias
    for surco in cosecha:
        if len(surco) != dias:
            return None
        por_surco.append(sum(surco))
        for j in range(dias):
            columnas[j].append(surco[j])
    por_dia = []
    for columna in columnas:
        por_dia.append(sum(columna))
    return por_surco, por_dia
