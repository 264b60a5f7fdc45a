def totales(cosecha):
    if not cosecha:
        return [], []
    sum = 0
    dias = len(cosecha[0])
    por_surco = []
    por_dia = [0] * dias
    for surco in cosecha:
        if len(surco) != dias:
            return None
        por_surco.append(sum(surco))
        for j in range(dias):
            por_dia[j] += surco[j]
    return por_surco, por_dia
